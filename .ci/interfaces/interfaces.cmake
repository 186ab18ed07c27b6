# Generates the messages of one package.
find_package(ament_cmake REQUIRED)
find_package(geometry_msgs REQUIRED)
find_package(rosidl_default_generators REQUIRED)
find_package(std_msgs REQUIRED)

# See the CMakeLists.txt of pose_ros: the wheels name include directories of the machine that built them.
get_property(imported DIRECTORY PROPERTY IMPORTED_TARGETS)
foreach(target IN LISTS imported)
  get_target_property(directories ${target} INTERFACE_INCLUDE_DIRECTORIES)
  if(target MATCHES "__rosidl_generator_py$" AND directories)
    set(kept "")
    foreach(directory IN LISTS directories)
      if(directory MATCHES "^\\$<" OR EXISTS "${directory}")
        list(APPEND kept "${directory}")
      endif()
    endforeach()
    set_target_properties(${target} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${kept}")
  endif()
endforeach()

file(GLOB interfaces CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} msg/*.msg)
rosidl_generate_interfaces(${PROJECT_NAME} ${interfaces} DEPENDENCIES geometry_msgs std_msgs)

set(bindings ${PROJECT_NAME}__rosidl_generator_py)
get_target_property(directories ${bindings} INTERFACE_INCLUDE_DIRECTORIES)
list(TRANSFORM directories REPLACE "^/.*" "$<BUILD_INTERFACE:\\0>")
set_target_properties(${bindings} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${directories}")
ament_package()
